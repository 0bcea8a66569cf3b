"""What an option can hold."""

import click
import pytest

from flagd.command_line.parameter import Address, Addresses, Project


@pytest.mark.parametrize("text", ["0.0.0.0:8013", "[::]:0", "flagd.svc:65535"])
def test_an_address_is_taken_as_it_is(text):
    assert Address().convert(text, None, None) == text


@pytest.mark.parametrize("text", ["", "8013", ":8013", "host:", "host:http", "host:65536", "host:-1", "host:٣"])
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(click.BadParameter, match=r"is not HOST:PORT, such as 0\.0\.0\.0:8013"):
        Address().convert(text, None, None)


def test_of_several_addresses_the_wrong_one_is_named():
    assert Addresses().convert("a:1,b:2", None, None) == "a:1,b:2"
    with pytest.raises(click.BadParameter, match="'b' is not HOST:PORT"):
        Addresses().convert("a:1,b", None, None)


def test_a_project_is_what_a_namespace_can_be_called():
    assert Project().convert("shop-2", None, None) == "shop-2"
    for text in ("Shop", "-shop", "shop_2", "s" * 64, ""):
        with pytest.raises(click.BadParameter, match="is not a namespace"):
            Project().convert(text, None, None)
