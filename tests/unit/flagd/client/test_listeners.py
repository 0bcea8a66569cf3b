from flagd.client.listeners import Listeners


def test_a_listener_is_called_until_it_is_removed():
    listeners, heard = Listeners(), []
    end = listeners.add(heard.append)
    listeners.tell("one")
    end()
    listeners.tell("two")
    assert heard == ["one"]


def test_one_that_fails_disturbs_nobody(caplog):
    listeners, heard = Listeners(), []

    def fails(_news):
        raise ValueError("oops")

    listeners.add(fails)
    listeners.add(heard.append)
    listeners.tell("news")
    assert heard == ["news"]
    assert "a listener failed" in caplog.text
