#!/usr/bin/env node
import { backends } from '@devops-mcp/backends';
import { serveSeveral } from '@devops-mcp/runtime';
import manifest from '../package.json' with { type: 'json' };
import { servers } from './servers.js';

await serveSeveral(servers, { backends, manifest });
