from flagd.compiler.advice.unseen import without_deployments
from tests.unit.flagd.compiler.manifest import flag, segment


def test_a_flag_that_lists_no_deployment_is_named():
    seen, unseen = flag("seen", deployments=["web"]), flag("unseen")
    assert [each.resource for each in without_deployments([seen, unseen, segment("s")])] == [unseen.ref]
