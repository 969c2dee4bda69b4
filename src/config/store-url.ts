const S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9!_.*'()/-]*)?$/;
const FILE = /^file:\/\/\/[^?#]+$/;

/** Why a URL cannot be an artifact store or a zone, or undefined when it can. */
export function storeUrlProblem(url: string): string | undefined {
  if (S3.test(url) || FILE.test(url)) return undefined;
  const bucket = /^s3:\/\/([^/]*)/.exec(url)?.[1];
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (bucket !== undefined && !S3.test(`s3://${bucket}`))
    return `${JSON.stringify(url)} names no bucket: ${JSON.stringify(bucket)} must be 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit first and last.`;
  return `${JSON.stringify(url)} is neither s3://bucket/prefix nor file:///folder.`;
}
