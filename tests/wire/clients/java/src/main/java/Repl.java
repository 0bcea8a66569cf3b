// Maven dev.openfeature.contrib.providers:flagd: questions in, answers and events out. Arguments: a key or none, host, port.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.openfeature.contrib.providers.flagd.FlagdOptions;
import dev.openfeature.contrib.providers.flagd.FlagdProvider;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public final class Repl {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws IOException {
        OpenFeatureAPI api = OpenFeatureAPI.getInstance();
        api.onProviderReady(details -> say(Map.of("event", "ready")));
        api.onProviderConfigurationChanged(details -> {
            List<String> flags = details.getFlagsChanged();
            say(Map.of("event", "changed", "flags", flags == null ? List.of() : flags));
        });
        int count = arguments.length;
        FlagdOptions options = FlagdOptions.builder()
                .host(arguments[count - 2])
                .port(Integer.parseInt(arguments[count - 1]))
                .clientInterceptors(count > 2 ? List.of(showing(arguments[0])) : List.of())
                .deadline(60_000)
                .retryBackoffMs(500)
                .build();
        api.setProviderAndWait(new FlagdProvider(options));
        Client client = api.getClient();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            say(ask(client, JSON.readTree(line)));
        }
        api.shutdown();
        System.exit(0);
    }

    private static ClientInterceptor showing(String key) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static Map<String, Object> ask(Client client, JsonNode question) {
        String flag = question.get("flag").asText();
        JsonNode fallback = question.get("default");
        EvaluationContext context = context(question.get("context"));
        switch (question.get("type").asText()) {
            case "boolean":
                return answer(client.getBooleanDetails(flag, fallback.asBoolean(), context));
            case "string":
                return answer(client.getStringDetails(flag, fallback.asText(), context));
            case "integer":
                return answer(client.getIntegerDetails(flag, fallback.asInt(), context));
            case "float":
                return answer(client.getDoubleDetails(flag, fallback.asDouble(), context));
            default:
                return answer(client.getObjectDetails(flag, value(fallback), context));
        }
    }

    private static Map<String, Object> answer(FlagEvaluationDetails<?> details) {
        Map<String, Object> answer = new HashMap<>();
        answer.put("value", plain(details.getValue()));
        answer.put("variant", details.getVariant());
        answer.put("reason", details.getReason());
        answer.put("error", details.getErrorCode());
        return answer;
    }

    private static Object plain(Object value) {
        if (!(value instanceof Value)) {
            return value;
        }
        Value wrapped = (Value) value;
        if (wrapped.isStructure()) {
            Structure structure = wrapped.asStructure();
            Map<String, Object> fields = new HashMap<>();
            structure.asMap().forEach((name, field) -> fields.put(name, plain(field)));
            return fields;
        }
        if (wrapped.isList()) {
            return wrapped.asList().stream().map(Repl::plain).toList();
        }
        return wrapped.asObject();
    }

    private static EvaluationContext context(JsonNode fields) {
        Map<String, Value> attributes = new HashMap<>();
        fields.fields().forEachRemaining(field -> attributes.put(field.getKey(), value(field.getValue())));
        Value key = attributes.remove("targetingKey");
        return key == null ? new ImmutableContext(attributes) : new ImmutableContext(key.asString(), attributes);
    }

    private static Value value(JsonNode node) {
        return Value.objectToValue(JSON.convertValue(node, Object.class));
    }

    private static void say(Map<String, ?> line) {
        try {
            OUT.println(JSON.writeValueAsString(line));
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }
}
