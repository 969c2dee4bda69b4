"""The three trees of files: workspace, DBFS and Volumes."""
import io
import os
import tempfile

from databricks.sdk.errors import AlreadyExists, NotFound, ResourceAlreadyExists
from databricks.sdk.service import catalog
from databricks.sdk.service import workspace as api

LARGE = 61 * 1024 * 1024


def tree(judge, client):
    home = "/Users/you@localhost/by-sdk"
    with judge.passed("workspace", "mkdirs", "upload", "download", "get_status"):
        client.workspace.mkdirs(home)
        client.workspace.upload(f"{home}/plain.txt", io.BytesIO(b"plain"), format=api.ImportFormat.AUTO)
        assert client.workspace.download(f"{home}/plain.txt").read() == b"plain"
        status = client.workspace.get_status(f"{home}/plain.txt")
        assert status.object_type == api.ObjectType.FILE and status.object_id and status.size == 5, status
        assert client.workspace.get_status(home).object_type == api.ObjectType.DIRECTORY
        already(lambda: client.workspace.upload(f"{home}/plain.txt", io.BytesIO(b"x"), format=api.ImportFormat.AUTO))
        missing(lambda: client.workspace.get_status(f"{home}/none"))
    with judge.passed("workspace", "import_", "export", "list"):
        source = b"# Databricks notebook source\nprint(1)\n"
        client.workspace.upload(f"{home}/book.py", io.BytesIO(source), format=api.ImportFormat.AUTO)
        status = client.workspace.get_status(f"{home}/book")
        assert (status.object_type, status.language) == (api.ObjectType.NOTEBOOK, api.Language.PYTHON), status
        encoded = base64_of(source)
        client.workspace.import_(
            f"{home}/again", content=encoded, format=api.ImportFormat.SOURCE, language=api.Language.PYTHON, overwrite=True
        )
        assert client.workspace.export(f"{home}/again", format=api.ExportFormat.SOURCE).content == encoded
        listed = [one.path for one in client.workspace.list("/Users/you@localhost", recursive=True)]
        assert sorted(listed) == [f"{home}/{name}" for name in ("again", "book", "plain.txt")], listed
    with judge.passed("workspace", "delete"):
        refused = None
        try:
            client.workspace.delete(home)
        except Exception as error:  # The service's own words for a folder that is not empty.
            refused = error.error_code
        assert refused == "DIRECTORY_NOT_EMPTY", refused
        client.workspace.delete(home, recursive=True)
        missing(lambda: client.workspace.get_status(home))


def base64_of(text):
    import base64

    return base64.b64encode(text).decode()


def already(call):
    try:
        call()
    except (AlreadyExists, ResourceAlreadyExists):
        return
    raise AssertionError("it was written over")


def missing(call):
    try:
        call()
    except NotFound:
        return
    raise AssertionError("it is there")


def dbfs(judge, client):
    with judge.passed("dbfs", "mkdirs", "put", "read", "get_status", "list"):
        client.dbfs.mkdirs("/by-sdk")
        client.dbfs.put("/by-sdk/small", contents=base64_of(b"small"), overwrite=True)
        assert client.dbfs.read("/by-sdk/small", offset=1, length=3).data == base64_of(b"mal")
        status = client.dbfs.get_status("/by-sdk/small")
        assert (status.file_size, status.is_dir) == (5, False), status
        assert [one.path for one in client.dbfs.list("/by-sdk")] == ["/by-sdk/small"]
        missing(lambda: client.dbfs.get_status("/by-sdk/none"))
    with judge.passed("dbfs", "create", "add_block", "close", "upload", "download", "open"):
        content = os.urandom(2_500_000)
        client.dbfs.upload("/by-sdk/blocks", io.BytesIO(content), overwrite=True)
        assert client.dbfs.download("/by-sdk/blocks").read() == content
        already(lambda: client.dbfs.upload("/by-sdk/blocks", io.BytesIO(b"")))
        assert client.dbfs.exists("/by-sdk/blocks")
    with judge.passed("dbfs", "move", "copy", "delete"):
        client.dbfs.move("/by-sdk/small", "/by-sdk/moved")
        client.dbfs.copy("/by-sdk/moved", "/by-sdk/copied")
        client.dbfs.delete("/by-sdk", recursive=True)
        missing(lambda: client.dbfs.get_status("/by-sdk"))


def volumes(judge, client):
    name = "main.default.uploads"
    folder = "/Volumes/main/default/uploads/by sdk+%é"
    with judge.passed("volumes", "create", "read", "list", "update"):
        made = client.volumes.create("main", "default", "uploads", catalog.VolumeType.MANAGED, comment="first")
        assert (made.full_name, made.comment, made.owner) == (name, "first", "you@localhost"), made
        client.volumes.update(name, comment="second")
        assert client.volumes.read(name).comment == "second"
        assert [one.full_name for one in client.volumes.list("main", "default")] == [name]
    with judge.passed("grants", "update", "get"):
        change = catalog.PermissionsChange(add=[catalog.Privilege.READ_VOLUME], principal="weather")
        client.grants.update("volume", name, changes=[change])
        (grant,) = client.grants.get("volume", name).privilege_assignments
        assert (grant.principal, grant.privileges) == ("weather", [catalog.Privilege.READ_VOLUME]), grant
    with judge.passed("files", "create_directory", "get_directory_metadata", "list_directory_contents"):
        client.files.create_directory(folder)
        client.files.get_directory_metadata(folder)
        assert list(client.files.list_directory_contents(folder)) == []
        missing(lambda: client.files.get_directory_metadata(f"{folder}/none"))
    with judge.passed("files", "upload", "download", "get_metadata"):
        client.files.upload(f"{folder}/small.txt", io.BytesIO(b"small"), overwrite=True)
        assert client.files.download(f"{folder}/small.txt").contents.read() == b"small"
        assert client.files.get_metadata(f"{folder}/small.txt").content_length == 5
        already(lambda: client.files.upload(f"{folder}/small.txt", io.BytesIO(b"x"), overwrite=False))
        missing(lambda: client.files.download(f"{folder}/none"))
        (one,) = client.files.list_directory_contents(folder)
        assert (one.name, one.is_directory, one.file_size) == ("small.txt", False, 5), one
    with judge.passed("files", "upload of 61 MB", "upload_from", "download_to"):
        content = os.urandom(1024) * (LARGE // 1024)
        client.files.upload(f"{folder}/large", io.BytesIO(content), overwrite=True)
        with tempfile.TemporaryDirectory() as here:
            client.files.download_to(f"{folder}/large", f"{here}/large", overwrite=True)
            with open(f"{here}/large", "rb") as file:
                assert file.read() == content
            client.files.upload_from(f"{folder}/again", f"{here}/large", overwrite=True)
        assert client.files.get_metadata(f"{folder}/again").content_length == len(content)
    with judge.passed("files", "delete", "delete_directory"):
        for one in list(client.files.list_directory_contents(folder)):
            client.files.delete(one.path)
        client.files.delete_directory(folder)
        missing(lambda: client.files.get_directory_metadata(folder))
    with judge.passed("volumes", "delete"):
        client.volumes.delete(name)
        missing(lambda: client.volumes.read(name))
