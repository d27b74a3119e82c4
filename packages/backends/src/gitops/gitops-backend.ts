import { type BackendContext, defineBackend } from '@devops-mcp/contract';
import { changesPort, deploymentsPort } from '@devops-mcp/domain';
import { examinePaths } from '../examine-paths.js';
import { changeRequests } from './changes.js';
import { deploymentsOver, deploymentsWriting, opener } from './deployments.js';
import { type GitopsConfig, gitopsConfig } from './gitops-config.js';
import { reachOfWrite } from './reach.js';

const examine = examinePaths<GitopsConfig>(({ path }) => [path]);

/**
 * A git repository that says what should run: Kubernetes manifests, Kustomize or Helm values, one
 * folder for each service. History is the log, what is desired is the tree, a change is a commit.
 */
export const gitopsBackend = defineBackend({
  name: 'gitops',
  title: 'GitOps repository',
  config: gitopsConfig,
  ports: [
    {
      port: deploymentsPort,
      open: async (context: BackendContext<GitopsConfig>) =>
        deploymentsOver(context, opener(context, context.config.path)),
      openWrite: async (context: BackendContext<GitopsConfig>) =>
        deploymentsWriting(context, opener(context, context.config.path)),
      reach: reachOfWrite,
      examine,
    },
    {
      port: changesPort,
      open: async (context: BackendContext<GitopsConfig>) =>
        changeRequests(opener(context, context.config.path)),
      examine,
    },
  ],
});
