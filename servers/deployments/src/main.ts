#!/usr/bin/env node
import { backends } from '@devops-mcp/backends';
import { serve } from '@devops-mcp/runtime';
import manifest from '../package.json' with { type: 'json' };
import { deploymentsServer } from './server.js';

await serve(deploymentsServer, { backends, manifest });
