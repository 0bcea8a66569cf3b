"""What an open page is told of: changes of resources at once, and what only the operator tells when it is asked."""

from flagctl.dashboard.inventory.inventory import Inventory, View
from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.inventory.topic import FLAGS, OVERALL, Topic, topic_of
from flagctl.dashboard.live.person import Person
from flagctl.dashboard.web.open_page import LOOK_SECONDS, OpenPage
from flagctl.dashboard.web.visitor import Visitor

PAGE = Topic(flag=("shop", "checkout"))


class Operator:
    """Tells which replicas there are, and notes what it was asked."""

    def __init__(self):
        self.replicas = ["a"]
        self.asked = []

    async def ask(self, _api, **query):
        self.asked.append(query)
        return {"replicas": [{"name": name} for name in self.replicas]}


class Browser:
    """One open page, at a time that the test says."""

    def __init__(self, topic, operator):
        self.inventory = Inventory()
        self.now = 0.0
        person = Person(None, "ann", (), False, operator, lambda: self.now)
        self._page = OpenPage(Visitor(View(self.inventory), "csrf", "ann", person), topic, lambda: self.now)

    async def version(self):
        return (await self._page.edition()).version


async def test_a_replica_that_serves_otherwise_makes_another_edition_when_the_operator_is_asked_again():
    operator = Operator()
    browser = Browser(PAGE, operator)
    first = await browser.version()
    operator.replicas.append("b")
    assert await browser.version() == first
    browser.now = LOOK_SECONDS
    second = await browser.version()
    assert second != first
    browser.now = 2 * LOOK_SECONDS
    assert await browser.version() == second
    assert operator.asked == [{"namespace": "shop", "flag": "checkout"}] * 3


async def test_a_change_of_the_flag_makes_another_edition_at_once():
    operator = Operator()
    browser = Browser(PAGE, operator)
    first = await browser.version()
    browser.inventory.put(item_of("Flag", {"metadata": {"name": "checkout", "namespace": "shop"}, "spec": {}}))
    assert await browser.version() != first
    assert len(operator.asked) == 1


async def test_the_operator_is_asked_for_pages_that_show_what_it_tells_and_for_no_others():
    operator = Operator()
    await Browser(OVERALL, operator).version()
    assert operator.asked == [{}]
    await Browser(topic_of(FLAGS), operator).version()
    assert operator.asked == [{}]
