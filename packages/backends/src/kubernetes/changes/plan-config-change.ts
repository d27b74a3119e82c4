import { ToolError } from '@devops-mcp/contract';

/** A cluster has no branches to review: configuration is changed where it is declared. */
export function noConfigChange(): ToolError {
  return new ToolError(
    'unsupported',
    'Kubernetes has no place where a configuration change could be reviewed.',
    {
      hint: 'Add the gitops backend to the deployments port of this environment; it opens a branch for review.',
    },
  );
}
