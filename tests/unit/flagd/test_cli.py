"""The command flagd."""

import pytest
from click import UsageError
from click.testing import CliRunner

from flagd.cli import _options, main

WRONG_USE = [
    (["serve"], "give either --manifests or --operator"),
    (["serve", "--manifests", "/nowhere/at/all"], "there is no folder /nowhere/at/all"),
    (["serve", "--manifests", ".", "--tls-cert", __file__], "--tls-cert and --tls-key belong together"),
    (["serve", "--manifests", ".", "--tls-client-ca", __file__], "--tls-client-ca needs --tls-cert"),
    (["serve", "--manifests", ".", "--listen", "8013"], "HOST:PORT"),
    (["serve", "--manifests", ".", "--listen", "localhost:http"], "HOST:PORT"),
    (["serve", "--manifests", ".", "--listen", "localhost:70000"], "HOST:PORT"),
    (["serve", "--manifests", ".", "--drain-timeout", "-1"], "-1"),
    (["serve", "--manifests", ".", "--operator", "x:1"], "give either --manifests or --operator"),
    (["serve", "--operator", "x:1,y"], "'y' is not HOST:PORT"),
    (["serve", "--manifests", ".", "--peers", "x:1"], "belong to --operator"),
    (["serve", "--operator", "x:1", "--operator-cert", __file__], "--operator-cert and --operator-key belong together"),
    (["serve", "--operator", "x:1", "--operator-cert", __file__, "--operator-key", __file__], "needs --operator-ca"),
    (["serve", "--operator", "x:1", "--operator-token-file", __file__], "tokens must not travel in plain text"),
    (["serve", "--operator", "x:1", "--peer-token-file", __file__], "tokens must not travel in plain text"),
    (["serve", "--manifests", ".", "--cors-origin", "https://a/"], "is not an origin as browsers send it"),
    (
        ["serve", "--manifests", ".", "--events-to", "otlp+http://localhost:1/", "--events-key-file", __file__],
        "--events-key-file: " + __file__ + " holds",
    ),
    (
        ["serve", "--operator", "x:1", "--ruleset-listen", "0.0.0.0:0", "--ruleset-token-file", __file__],
        "tokens must not travel in plain text",
    ),
    (
        ["serve", "--manifests", ".", "--ruleset-listen", "0.0.0.0:0"],
        "--ruleset-listen: anyone who can reach 0.0.0.0:0 gets all rulesets: set --ruleset-token-file, "
        "--tls-client-ca or --deployment-keys required, or allow it with --insecure",
    ),
    (
        ["serve", "--operator", "localhost:1,x:1"],
        "--operator: any server that answers at x:1 decides what is served: set --operator-ca, "
        "or allow it with --insecure",
    ),
    (["serve", "--operator", "localhost:1", "--peers", "x:1"], "--peers: any server that answers at x:1"),
    (["serve", "--manifests", ".", "--management-tls"], "--management-tls needs --tls-cert and --tls-key"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_USE)
def test_wrong_use_exits_2_and_says_what_would_be_right(arguments, message):
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, message in " ".join(result.output.split())) == (2, True), result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--operator", "x:1", "--ruleset-listen", "0.0.0.0:0", "--peers", "y:1", "--insecure"],
        ["--operator", "localhost:1"],
        ["--operator", "x:1", "--operator-ca", __file__],
        ["--manifests", ".", "--ruleset-listen", "0.0.0.0:0", "--deployment-keys", "required"],
        ["--manifests", ".", "--listen", "0.0.0.0:0"],
    ],
)
def test_what_is_authenticated_or_local_or_said_to_be_insecure_may_start(arguments):
    with main.commands["serve"].make_context("serve", list(arguments)) as context:
        _options(context.params)


def test_the_token_of_an_account_travels_in_plain_text_only_where_insecure_says_so():
    shown = ["--operator", "x:1", "--operator-token-file", __file__]
    with (
        main.commands["serve"].make_context("serve", list(shown)) as context,
        pytest.raises(UsageError, match="plain text"),
    ):
        _options(context.params)
    with main.commands["serve"].make_context("serve", [*shown, "--insecure"]) as context:
        assert _options(context.params).operator.credentials.token


def test_every_option_of_serve_names_its_environment_variable():
    options = [one for one in main.commands["serve"].params if one.name != "help"]
    expected = {f"FLAGSERVICE_{option.opts[0].strip('-').replace('-', '_').upper()}" for option in options}
    assert {option.envvar for option in options} == expected


def test_help_says_defaults_and_units():
    text = CliRunner().invoke(main, ["serve", "--help"]).output
    for part in ("127.0.0.1:8013", "127.0.0.1:8014", "FLAGSERVICE_LISTEN", "in seconds", "15.0"):
        assert part in text
