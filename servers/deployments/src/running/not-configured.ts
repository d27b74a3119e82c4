import { ToolError } from '@devops-mcp/contract';
import { portSetting } from '@devops-mcp/domain';

/** What a tool answers when nothing is connected that could know: neither an empty answer nor a failure. */
export function notConfigured(port: string, environment: string, example: string): ToolError {
  return new ToolError('unsupported', `No backend for ${port} is configured for ${environment}.`, {
    hint: `Set ${portSetting(port, environment)} in devops-mcp.yaml, ${example}.`,
  });
}
