from flagctl.dashboard.pages.query import COLUMNS, query_of


def test_a_link_keeps_the_filters_and_begins_at_the_first_page():
    query = query_of({"q": "a b", "owner": "x&y", "page": "3", "sort": "key", "serving": "differs"})
    assert query.url(page=4) == "?q=a+b&owner=x%26y&serving=differs&sort=key&page=4"
    assert query.sorted_by("key") == "?q=a+b&owner=x%26y&serving=differs&sort=-key"
    assert query_of({}).url() == "?"


def test_every_column_can_be_sorted_by():
    for column in COLUMNS:
        assert query_of({"sort": f"-{column}"}).sort == f"-{column}"
