//! Crate open-feature-flagd: questions in, answers out. Arguments: host and port. In RPC mode it hears no events.

use open_feature::{EvaluationContext, EvaluationContextFieldValue, EvaluationDetails};
use open_feature::{EvaluationError, OpenFeature, StructValue, Value};
use open_feature_flagd::{FlagdOptions, FlagdProvider, ResolverType};
use serde_json::{json, Map, Value as Json};
use std::io::{stdin, BufRead, Write};

fn context(fields: &Map<String, Json>) -> EvaluationContext {
    let mut context = EvaluationContext::default();
    for (name, field) in fields {
        let value: EvaluationContextFieldValue = match field {
            Json::Bool(value) => (*value).into(),
            Json::String(value) if name == "targetingKey" => {
                context = context.with_targeting_key(value);
                continue;
            }
            Json::String(value) => value.as_str().into(),
            Json::Number(value) if value.is_i64() => value.as_i64().unwrap().into(),
            Json::Number(value) => value.as_f64().unwrap().into(),
            other => panic!("this SDK cannot send {other}"),
        };
        context = context.with_custom_field(name, value);
    }
    context
}

fn plain(value: Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::String(value) => json!(value),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Struct(fields) => object(fields),
    }
}

fn object(value: StructValue) -> Json {
    value.fields.into_iter().map(|(name, field)| (name, plain(field))).collect()
}

fn said<T>(
    found: Result<EvaluationDetails<T>, EvaluationError>,
    fallback: &Json,
    plain: impl Fn(T) -> Json,
) -> Json {
    match found {
        Ok(details) => json!({
            "value": plain(details.value),
            "variant": details.variant,
            "reason": details.reason.map(|reason| reason.to_string()),
        }),
        Err(error) => json!({"value": fallback, "error": error.code.to_string()}),
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let options = FlagdOptions {
        host: arguments[1].clone(),
        port: arguments[2].parse().unwrap(),
        resolver_type: ResolverType::Rpc,
        cache_settings: None,
        ..Default::default()
    };
    let provider = FlagdProvider::new(options).await.unwrap();
    OpenFeature::singleton_mut().await.set_provider(provider).await;
    let client = OpenFeature::singleton().await.create_client();
    say(&json!({"event": "ready"}));
    for line in stdin().lock().lines() {
        let question: Json = serde_json::from_str(&line.unwrap()).unwrap();
        let flag = question["flag"].as_str().unwrap();
        let context = context(question["context"].as_object().unwrap());
        let (context, fallback) = (Some(&context), &question["default"]);
        let answer = match question["type"].as_str().unwrap() {
            "boolean" => said(client.get_bool_details(flag, context, None).await, fallback, Json::from),
            "string" => said(client.get_string_details(flag, context, None).await, fallback, Json::from),
            "integer" => said(client.get_int_details(flag, context, None).await, fallback, Json::from),
            "float" => said(client.get_float_details(flag, context, None).await, fallback, Json::from),
            _ => said(client.get_struct_details::<StructValue>(flag, context, None).await, fallback, object),
        };
        say(&answer);
    }
    OpenFeature::singleton_mut().await.shutdown().await;
}

fn say(line: &Json) {
    println!("{line}");
    std::io::stdout().flush().unwrap();
}
