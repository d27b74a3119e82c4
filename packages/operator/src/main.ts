#!/usr/bin/env node
import { Command } from 'commander';
import { addAuditCommands } from './commands/audit.js';
import { addBriefCommand } from './commands/brief.js';
import { addDecisionCommands } from './commands/decisions.js';
import { addDemoCommand } from './commands/demo.js';
import { addExecuteCommand } from './commands/execute.js';
import { addProposalCommands } from './commands/proposals.js';
import { addSandboxCommands } from './commands/sandbox.js';
import { addSwitchCommands } from './commands/switches.js';
import { addTrustCommands } from './commands/trust.js';
import { manifestVersion } from './version.js';

const program = new Command('devops-mcp')
  .description('Investigate incidents and govern what agents may do to production')
  .version(manifestVersion);
addBriefCommand(program);
addSandboxCommands(program);
addDemoCommand(program);
addProposalCommands(program);
addDecisionCommands(program);
addExecuteCommand(program);
addSwitchCommands(program);
addAuditCommands(program);
addTrustCommands(program);
await program.parseAsync();
