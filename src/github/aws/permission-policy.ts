import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** A bucket, or a part of one. */
export interface BucketPlace {
  readonly bucket: string;
  /** Without `/` at either end; empty for the whole bucket. */
  readonly prefix: string;
}

/** Reads `s3://bucket/prefix`; undefined for any other place. */
export function parseBucket(url: string): BucketPlace | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/\/+$/, '') };
}

/**
 * What the role of a repository of data products may do: publish below the folder of its team, and see there what others
 * published. A release is created once and never again (`s3:if-none-match`); what may be replaced are the pointers and
 * the copies of `latest` with their mark, and only by whoever has read them (`s3:if-match`). Nothing may be deleted.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 * @param alsoRead the store of production, for the role of development: what is there need not be built again
 */
export function publishPermissions(team: string, store: BucketPlace, alsoRead?: BucketPlace): PolicyDocument {
  const own = (pattern: string): string => objects(store, `${team}/${pattern}`);
  const seen = alsoRead === undefined ? [] : [alsoRead];
  return policyDocument(
    allow('Read', 's3:GetObject', [own('*'), ...seen.map((place) => objects(place, `${team}/*`))]),
    { ...allow('Create', 's3:PutObject', [own('*')]), Condition: when('s3:if-none-match') },
    {
      ...allow('MoveLatest', 's3:PutObject', ['*/latest.json', '*/latest/*', '*/copies.json'].map(own)),
      Condition: when('s3:if-match'),
    },
    allow('TellAbsentFromForbidden', 's3:ListBucket', [store, ...seen].map(bucketArn)),
  );
}

/** What the role of a repository of DAGs may do: deploy the DAGs of its team. Loaders of gone DAGs are removed. */
export function deployPermissions(team: string, dags: BucketPlace): PolicyDocument {
  const own = (...patterns: readonly string[]): string[] => patterns.map((one) => objects(dags, one));
  const current = `deploys/current/${team}.json`;
  const written = [`dags/${team}/*`, current, `deploys/history/${team}/*`, `deploys/files/${team}/*`];
  return policyDocument(
    allow('Read', 's3:GetObject', own(`dags/${team}/*`, 'deploys/*')),
    { ...allow('Create', 's3:PutObject', own(...written)), Condition: when('s3:if-none-match') },
    { ...allow('Replace', 's3:PutObject', own(...written)), Condition: when('s3:if-match') },
    allow('RemoveGoneDags', 's3:DeleteObject', own(`dags/${team}/*`, current)),
    allow('TellAbsentFromForbidden', 's3:ListBucket', [bucketArn(dags)]),
  );
}

function allow(Sid: string, Action: string, resources: readonly string[]): PolicyStatement {
  const [first = '', ...others] = [...new Set(resources)];
  return { Sid, Effect: 'Allow', Action, Resource: others.length === 0 ? first : [first, ...others] };
}

/** The request has the header that makes a write conditional. */
function when(key: string): PolicyStatement['Condition'] & object {
  return { Null: { [key]: 'false' } };
}

function bucketArn({ bucket }: BucketPlace): string {
  return `arn:aws:s3:::${bucket}`;
}

function objects(place: BucketPlace, pattern: string): string {
  return `${bucketArn(place)}/${place.prefix === '' ? '' : `${place.prefix}/`}${pattern}`;
}
