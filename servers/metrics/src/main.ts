#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' };

console.error(manifest.name);
