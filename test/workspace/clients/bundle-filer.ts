import assert from 'node:assert/strict';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';

/** An answer of the API as the Databricks CLI sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the body; an empty object when it is none. */
  readonly body: Record<string, never>;
}

/** The calls by which bundles reach a workspace: https://github.com/databricks/cli/tree/main/libs/filer */
export interface BundleFiler {
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** What is at a path; undefined for a 404. */
  stat(path: string): Promise<{ object_id: number; object_type: string; path: string } | undefined>;
  /** The content of a file; undefined when there is none. */
  read(path: string): Promise<string | undefined>;
  /** Makes the directory above when it is missing. Answers false when the file stands and must not be replaced. */
  write(path: string, content: string | Uint8Array, overwrite?: boolean): Promise<boolean>;
  mkdirs(path: string): Promise<void>;
  /** Answers false when there was nothing. */
  remove(path: string, recursive?: boolean): Promise<boolean>;
}

export function bundleFiler(host: string, token: string): BundleFiler {
  const send = async (method: string, path: string, body?: string | Uint8Array): Promise<Answer> => {
    const response = await fetch(`${host}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'user-agent': 'cli/1.9.0 databricks-sdk-go/0.163.0' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const json = isJson ? (parseJson(text) as Record<string, never>) : {};
    return { status: response.status, headers: response.headers, text, body: json };
  };
  const call: BundleFiler['call'] = (method, path, body) =>
    send(method, path, body === undefined ? undefined : stringifyJson(body));
  const filer: BundleFiler = {
    call,
    stat: async (path) => {
      const query = new URLSearchParams({ path, return_export_info: 'true' });
      const answer = await call('GET', `/api/2.0/workspace/get-status?${query}`);
      if (answer.status === 404) return undefined;
      return succeeded(answer) as never;
    },
    read: async (path) => {
      const found = await filer.stat(path);
      if (found === undefined) return undefined;
      assert.notEqual(found.object_type, 'DIRECTORY');
      const query = new URLSearchParams({ path, direct_download: 'true' });
      const answer = await call('GET', `/api/2.0/workspace/export?${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.text;
    },
    write: async (path, content, overwrite = true) => {
      const place = encodeURIComponent(path.replace(/^\/+/, ''));
      const put = () =>
        send('POST', `/api/2.0/workspace-files/import-file/${place}?overwrite=${overwrite}`, content);
      let answer = await put();
      if (answer.status === 404) {
        await filer.mkdirs(path.slice(0, path.lastIndexOf('/')));
        answer = await put();
      }
      // A file that stands is a 409, a notebook a 400 whose message ends so.
      const stands = answer.status === 409 || (answer.status === 400 && /already exists\./.test(answer.text));
      if (stands) return false;
      succeeded(answer);
      return true;
    },
    mkdirs: async (path) => {
      succeeded(await call('POST', '/api/2.0/workspace/mkdirs', { path }));
    },
    remove: async (path, recursive) => {
      const answer = await call('POST', '/api/2.0/workspace/delete', { path, recursive });
      if (answer.status === 404) return false;
      succeeded(answer);
      return true;
    },
  };
  return filer;
}

/** The body of an answer that must be a success. */
export function succeeded(answer: Answer): Record<string, never> {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}
