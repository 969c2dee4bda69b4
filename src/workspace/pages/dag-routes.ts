import type { Hono } from 'hono';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';

export function dagRoutes(_app: Hono<AppTypes>, _parts: WorkspaceParts): void {}
