"""Who one is, policies, permissions, instance profiles, and the types of the errors."""
import json

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, PermissionDenied, ResourceDoesNotExist, Unauthenticated
from databricks.sdk.service import compute, iam

DEFINITION = json.dumps(
    {
        "spark_version": {"type": "fixed", "value": "15.4.x-scala2.12"},
        "node_type_id": {"type": "unlimited", "defaultValue": "m5.large"},
        "custom_tags.team": {"type": "fixed", "value": "weather"},
    }
)
PROFILE = "arn:aws:iam::123456789012:instance-profile/hermes-weather"


def signed_in(judge, client, host, program_id, secret):
    program = WorkspaceClient(host=host, client_id=program_id, client_secret=secret)
    with judge.passed("current_user", "me"):
        assert client.current_user.me().user_name == "you@localhost"
        assert len(str(client.get_workspace_id())) == 15
    with judge.passed("sign-in", "personal access token", "oauth-m2m"):
        me = program.current_user.me()
        assert (program.config.auth_type, me.user_name, me.display_name) == ("oauth-m2m", program_id, "airflow"), me
        try:
            WorkspaceClient(host=host, client_id=program_id, client_secret="wrong").current_user.me()
            raise AssertionError("the secret does not matter")
        except ValueError as error:
            assert str(error).startswith("invalid_client: Client authentication failed"), error
    with judge.passed("errors", "Unauthenticated"):
        raised(Unauthenticated, lambda: WorkspaceClient(host=host, token="dapi0").current_user.me())
    with judge.passed("errors", "ResourceDoesNotExist"):
        assert raised(ResourceDoesNotExist, lambda: client.jobs.get_run(424242)).startswith("Run 424242 does not exist.")
        told = raised(ResourceDoesNotExist, lambda: client.cluster_policies.get("ABC"))
        assert told.startswith("Can't find a cluster policy with id: ABC"), told
    with judge.passed("errors", "PermissionDenied"):
        told = raised(PermissionDenied, lambda: list(program.instance_profiles.list()))
        assert told.startswith(f"{program_id} is not an administrator of this workspace."), told
    with judge.passed("errors", "NotFound"):
        told = raised(NotFound, lambda: client.api_client.do("GET", "/api/2.0/no/such/thing"))
        assert told.startswith("No API found for 'GET /api/2.0/no/such/thing'"), told


def raised(kind, call):
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def policies(judge, client):
    with judge.passed("cluster_policies", "create", "get", "list", "edit"):
        policy = client.cluster_policies.create(name="weather-dev", definition=DEFINITION, description="first")
        found = client.cluster_policies.get(policy.policy_id)
        assert (found.name, found.definition, found.creator_user_name) == ("weather-dev", DEFINITION, "you@localhost")
        client.cluster_policies.edit(policy.policy_id, name="weather-2", definition=DEFINITION)
        (one,) = client.cluster_policies.list()
        assert (one.name, one.description) == ("weather-2", None), one
    with judge.passed(
        "cluster_policies", "get_permission_levels", "set_permissions", "update_permissions", "get_permissions"
    ):
        levels = client.cluster_policies.get_permission_levels(policy.policy_id).permission_levels
        assert [one.permission_level.value for one in levels] == ["CAN_USE"], levels
        use = compute.ClusterPolicyAccessControlRequest(
            group_name="weather", permission_level=compute.ClusterPolicyPermissionLevel.CAN_USE
        )
        client.cluster_policies.set_permissions(policy.policy_id, access_control_list=[use])
        client.cluster_policies.update_permissions(policy.policy_id, access_control_list=[use])
        found = client.cluster_policies.get_permissions(policy.policy_id)
        assert found.object_type == "cluster-policy", found
        assert sorted(one.group_name for one in found.access_control_list) == ["admins", "weather"], found
    with judge.passed("permissions", "get_permission_levels", "set", "update", "get"):
        by_type = ("cluster-policies", policy.policy_id)
        assert client.permissions.get_permission_levels(*by_type).permission_levels[0].permission_level is not None
        use = iam.AccessControlRequest(group_name="weather", permission_level=iam.PermissionLevel.CAN_USE)
        client.permissions.set(*by_type, access_control_list=[])
        client.permissions.update(*by_type, access_control_list=[use])
        found = client.permissions.get(*by_type)
        assert sorted(one.group_name for one in found.access_control_list) == ["admins", "weather"], found
    with judge.passed("policy_families", "list", "get"):
        families = list(client.policy_families.list())
        assert client.policy_families.get(families[0].policy_family_id).name == families[0].name
    with judge.passed("cluster_policies", "delete"):
        client.cluster_policies.delete(policy.policy_id)
        assert list(client.cluster_policies.list()) == []
    with judge.passed("instance_profiles", "add", "list", "remove"):
        client.instance_profiles.add(PROFILE, skip_validation=True)
        assert [one.instance_profile_arn for one in client.instance_profiles.list()] == [PROFILE]
        client.instance_profiles.remove(PROFILE)
        assert list(client.instance_profiles.list()) == []


def people(judge, client):
    with judge.passed("users", "list"):
        assert "you@localhost" in [one.user_name for one in client.users.list()]
    with judge.passed("groups", "list"):
        assert "admins" in [one.display_name for one in client.groups.list()]
    with judge.passed("tokens", "create", "list", "delete"):
        made = client.tokens.create(comment="by the SDK", lifetime_seconds=600)
        again = WorkspaceClient(host=client.config.host, token=made.token_value)
        assert again.current_user.me().user_name == "you@localhost"
        assert made.token_info.token_id in [one.token_id for one in client.tokens.list()]
        client.tokens.delete(made.token_info.token_id)
        raised(Unauthenticated, lambda: again.current_user.me())
