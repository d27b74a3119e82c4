#!/usr/bin/env node
import { Command } from 'commander';
import { addAuditCommands } from './commands/audit.js';
import { addBriefCommand } from './commands/brief.js';
import { addDecisionCommands } from './commands/decisions.js';
import { addDemoCommand } from './commands/demo.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addExecuteCommand } from './commands/execute.js';
import { addInitCommand } from './commands/init.js';
import { addProposalCommands } from './commands/proposals.js';
import { addSandboxCommands } from './commands/sandbox.js';
import { addServeCommand } from './commands/serve.js';
import { addSwitchCommands } from './commands/switches.js';
import { addTrustCommands } from './commands/trust.js';
import { manifestVersion } from './version.js';

const program = new Command('devops-mcp')
  .description('Investigate incidents and govern what agents may do to production')
  .version(manifestVersion);
addBriefCommand(program);
addSandboxCommands(program);
addDemoCommand(program);
addInitCommand(program);
addDoctorCommand(program);
addProposalCommands(program);
addDecisionCommands(program);
addExecuteCommand(program);
addServeCommand(program);
addSwitchCommands(program);
addAuditCommands(program);
addTrustCommands(program);
await program.parseAsync();
