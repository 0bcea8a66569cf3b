"""What an option can hold."""

import click
import pytest

from flagd.command_line.parameter import Address, Number, Origin, Project, Target, Targets


@pytest.mark.parametrize("text", ["0.0.0.0:8013", "[::]:0", "flagd.svc:65535"])
def test_an_address_is_taken_as_it_is(text):
    assert Address().convert(text, None, None) == text


@pytest.mark.parametrize("text", ["", "8013", ":8013", "host:", "host:http", "host:65536", "host:-1", "host:٣"])
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(click.BadParameter, match=r"is not HOST:PORT, such as 0\.0\.0\.0:8013"):
        Address().convert(text, None, None)


@pytest.mark.parametrize("text", ["", "flagd", "flagd:0", "flagd:70000", "http://flagd:8015", "::1:8015"])
def test_what_nobody_can_connect_to_is_refused_with_an_example(text):
    with pytest.raises(click.BadParameter, match=r"is not HOST:PORT, such as flagoperator\.flags\.svc:8015"):
        Target().convert(text, None, None)


def test_of_several_targets_the_wrong_one_is_named():
    assert Targets().convert("a:1, [::1]:2,", None, None) == ("a:1", "[::1]:2")
    assert Targets().convert("", None, None) == ()
    with pytest.raises(click.BadParameter, match="'b' is not HOST:PORT"):
        Targets().convert("a:1,b", None, None)


@pytest.mark.parametrize("text", ["*", "null", "https://shop.example", "http://[::1]:3000", "capacitor://localhost"])
def test_an_origin_is_what_browsers_send(text):
    assert Origin().convert(text, None, None) == text


@pytest.mark.parametrize(
    "text",
    ["", "shop.example", "https://shop.example/", "https://Shop.example", "https://a@b", "https://", "https://a b"],
)
def test_what_no_browser_sends_is_refused_with_an_example(text):
    with pytest.raises(
        click.BadParameter, match=r"is not an origin as browsers send it, such as https://shop\.example"
    ):
        Origin().convert(text, None, None)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "-1", "one"])
def test_what_cannot_be_counted_to_is_no_number(text):
    with pytest.raises(click.BadParameter):
        Number(min=0).convert(text, None, None)
    assert Number(min=0).convert("0.5", None, None) == 0.5


def test_a_project_is_what_a_namespace_can_be_called():
    assert Project().convert("shop-2", None, None) == "shop-2"
    for text in ("Shop", "-shop", "shop_2", "s" * 64, ""):
        with pytest.raises(click.BadParameter, match="is not a namespace"):
            Project().convert(text, None, None)
