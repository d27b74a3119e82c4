#!/usr/bin/env node
import { backends } from '@devops-mcp/backends';
import { serve } from '@devops-mcp/runtime';
import manifest from '../package.json' with { type: 'json' };
import { logsServer } from './server.js';

await serve(logsServer, { backends, manifest });
