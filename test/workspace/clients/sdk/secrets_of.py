"""Secrets."""
import base64

from databricks.sdk.errors import ResourceAlreadyExists, ResourceDoesNotExist
from databricks.sdk.service import workspace as api


def secrets(judge, client):
    with judge.passed("secrets", "create_scope", "list_scopes"):
        client.secrets.create_scope("by-sdk")
        (one,) = client.secrets.list_scopes()
        assert (one.name, one.backend_type) == ("by-sdk", api.ScopeBackendType.DATABRICKS), one
        try:
            client.secrets.create_scope("by-sdk")
            raise AssertionError("it was made twice")
        except ResourceAlreadyExists:
            pass
    with judge.passed("secrets", "put_secret", "get_secret", "list_secrets"):
        client.secrets.put_secret("by-sdk", "text", string_value="sésame")
        client.secrets.put_secret("by-sdk", "bytes", bytes_value=base64.b64encode(b"\x00\xff").decode())
        assert base64.b64decode(client.secrets.get_secret("by-sdk", "text").value).decode() == "sésame"
        assert base64.b64decode(client.secrets.get_secret("by-sdk", "bytes").value) == b"\x00\xff"
        listed = list(client.secrets.list_secrets("by-sdk"))
        assert [one.key for one in listed] == ["bytes", "text"] and listed[0].last_updated_timestamp, listed
        missing(lambda: client.secrets.get_secret("by-sdk", "none"))
    with judge.passed("secrets", "put_acl", "get_acl", "list_acls", "delete_acl"):
        client.secrets.put_acl("by-sdk", "weather", api.AclPermission.READ)
        assert client.secrets.get_acl("by-sdk", "weather").permission == api.AclPermission.READ
        assert sorted(one.principal for one in client.secrets.list_acls("by-sdk")) == ["weather", "you@localhost"]
        client.secrets.delete_acl("by-sdk", "weather")
        missing(lambda: client.secrets.get_acl("by-sdk", "weather"))
    with judge.passed("secrets", "delete_secret", "delete_scope"):
        client.secrets.delete_secret("by-sdk", "text")
        missing(lambda: client.secrets.get_secret("by-sdk", "text"))
        client.secrets.delete_scope("by-sdk")
        assert list(client.secrets.list_scopes()) == []


def missing(call):
    try:
        call()
    except ResourceDoesNotExist:
        return
    raise AssertionError("it is there")
