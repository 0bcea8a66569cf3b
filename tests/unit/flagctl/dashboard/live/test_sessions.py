from flagctl.dashboard.live.sessions import LONGEST_SECONDS, MOST, Sessions


def table():
    now = [0.0]
    return Sessions(lambda: now[0]), now


def test_a_session_is_found_by_its_key_until_it_is_over():
    sessions, now = table()
    key, session = sessions.open("ann")
    assert sessions.find(key) is session
    assert sessions.find("") is sessions.find("x") is None
    now[0] = LONGEST_SECONDS
    assert sessions.find(key) is None
    assert list(sessions.people()) == []


def test_there_are_never_more_than_so_many_and_the_oldest_goes():
    sessions, _ = table()
    keys = [sessions.open(str(number))[0] for number in range(MOST + 1)]
    assert len(sessions) == MOST
    assert sessions.find(keys[0]) is None
    assert sessions.find(keys[-1]) is not None


def test_a_key_is_not_kept_and_no_two_are_alike():
    sessions, _ = table()
    one, other = sessions.open("ann")[0], sessions.open("ann")[0]
    assert one != other
    assert one not in repr(vars(sessions))


def test_who_is_no_longer_accepted_loses_every_session():
    sessions, _ = table()
    ann, eve = object(), object()
    keys = [sessions.open(person)[0] for person in (ann, eve, ann)]
    sessions.close_of(ann)
    assert [sessions.find(key) is not None for key in keys] == [False, True, False]
    sessions.close(keys[1])
    assert len(sessions) == 0
