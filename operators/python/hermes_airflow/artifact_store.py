"""The artifact store of a team, as `resolve_artifacts` reads it.

Needs Airflow 2.10 or newer; the Amazon provider when artifacts are in a bucket.
"""

import json as json_text
from functools import cached_property

try:  # Airflow 3
    from airflow.sdk import ObjectStoragePath
except ImportError:  # Airflow 2
    from airflow.io.path import ObjectStoragePath


class ArtifactProblem(Exception):
    """A mistake that a retry does not mend."""


class Store:
    """The artifact store of a team: a bucket, or anything that Airflow's object storage can read.

    What was read is kept: all tasks of a run see the same `latest`.
    """

    def __init__(self, variable):
        self.url = variable["artifacts"].rstrip("/")
        self.aws_conn_id = variable.get("aws_conn_id", "aws_default")
        self.known = {}

    def url_of(self, file):
        return f"{self.url}/{file['key']}" if file else ""

    def read(self, key):
        """The bytes under a key, None where there are none."""
        if key not in self.known:
            self.known[key] = self._read_s3(key) if self.url.startswith("s3://") else self._read_file(key)
        return self.known[key]

    def folders(self, prefix):
        """Names of the folders below a prefix, in order."""
        if self.url.startswith("s3://"):
            return sorted(self._list_s3(prefix))
        path = ObjectStoragePath(f"{self.url}/{prefix}")
        return sorted(each.name for each in path.iterdir() if each.is_dir()) if path.is_dir() else []

    def branch_of(self, folder):
        """The name of the branch whose builds are in a folder, which the manifests know."""
        pointer = self.read(f"{folder}/latest.json")
        manifest = self.read(record(pointer, folder, self)["manifest"]["key"]) if pointer else None
        ref = record(manifest, folder, self)["ref"] if manifest else folder.rsplit("/", 1)[-1]
        return ref.removeprefix("refs/heads/")

    def _read_file(self, key):
        path = ObjectStoragePath(f"{self.url}/{key}")
        return path.read_bytes() if path.exists() else None

    def _read_s3(self, key):
        # The filesystem of the Amazon provider needs s3fs, which Airflow does not bring along; its hook needs nothing.
        bucket, root = self._bucket()
        client = self._client
        try:
            return client.get_object(Bucket=bucket, Key=f"{root}{key}")["Body"].read()
        except client.exceptions.NoSuchKey:
            return None
        except client.exceptions.ClientError as error:
            raise self._refusal(error) from None

    def _list_s3(self, prefix):
        bucket, root = self._bucket()
        client = self._client
        try:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{root}{prefix}/", Delimiter="/"
            )
            found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        except client.exceptions.ClientError as error:
            raise self._refusal(error) from None
        return [folder.rstrip("/").rsplit("/", 1)[-1] for folder in found]

    def _refusal(self, error):
        """What S3 refuses stays refused; any other trouble may pass."""
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket":
            return ArtifactProblem(f"Cannot read {self.url}: there is no such bucket. Ask the platform team.")
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (401, 403):
            return error
        return ArtifactProblem(
            f"Cannot read {self.url}: S3 refuses Airflow ({code}). Ask the platform team: the connection"
            f" {self.aws_conn_id}, or the role of the workers, needs s3:GetObject and s3:ListBucket there."
        )

    def _bucket(self):
        bucket, _, root = self.url.removeprefix("s3://").partition("/")
        return bucket, f"{root}/" if root else ""

    @cached_property
    def _client(self):
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook

        return S3Hook(aws_conn_id=self.aws_conn_id).get_conn()


def record(content, key, store):
    try:
        return json_text.loads(content)
    except ValueError as error:
        raise ArtifactProblem(f"Cannot read {store.url}/{key}: {error}. Tell the owner of the store.") from None
