import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { npmTools } from './npm-tools.ts';

/** What tests use of a page of Playwright (https://playwright.dev/docs/api/class-page). */
export interface Page {
  goto(url: string): Promise<unknown>;
  url(): string;
  title(): Promise<string>;
  evaluate<T>(script: string): Promise<T>;
  waitForURL(pattern: RegExp): Promise<void>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  emulateMedia(media: {
    readonly colorScheme?: 'light' | 'dark';
    readonly reducedMotion?: 'reduce';
  }): Promise<void>;
  screenshot(options: { readonly path: string }): Promise<unknown>;
  on(
    event: 'pageerror' | 'console' | 'dialog',
    listener: (what: { message(): string; text(): string }) => void,
  ): void;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
}

/** A browser window with cookies of its own. */
export interface BrowserContext {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Browser {
  newContext(options?: {
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly colorScheme?: 'light' | 'dark';
    readonly deviceScaleFactor?: number;
  }): Promise<BrowserContext>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly args: readonly string[];
      readonly env: NodeJS.ProcessEnv;
    }): Promise<Browser>;
  };
}

/** Starts the Chromium that `test/fixtures/npm/browser` pins. It brings libraries and a font along: a machine needs none. */
export async function startBrowser(fonts: 'pinned' | 'machine' = 'pinned'): Promise<Browser> {
  const tools = npmTools('browser');
  const unpacked = unpack(tools);
  const { chromium } = createRequire(join(tools, 'package.json'))('playwright-core') as Playwright;
  return chromium.launch({
    executablePath: join(unpacked, 'chromium'),
    // Tests open their own pages only, and root has no sandbox.
    args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(unpacked, 'lib'),
      ...(fonts === 'pinned' ? { FONTCONFIG_FILE: join(unpacked, 'fonts.conf') } : {}),
    },
  });
}

/** The script of axe-core, which judges how usable a page is for everybody. */
export function axeScript(): string {
  return readFileSync(join(npmTools('browser'), 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');
}

function unpack(tools: string): string {
  const folder = join(tools, 'unpacked');
  if (existsSync(folder)) return folder;
  const packed = join(tools, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const read = (name: string): Buffer => brotliDecompressSync(readFileSync(join(packed, `${name}.br`)));
  const aside = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(aside, 'chromium'), read('chromium'), { mode: 0o755 });
    for (const name of ['al2023.tar', 'fonts.tar'])
      execFileSync('tar', ['-xf', '-', '-C', aside], { input: read(name) });
    const places = `<dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir>`;
    writeFileSync(join(aside, 'fonts.conf'), `<?xml version="1.0"?><fontconfig>${places}</fontconfig>\n`);
    renameSync(aside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}
