import { defineServer } from '@devops-mcp/contract';
import { deploymentsPort } from '@devops-mcp/domain';
import { openConfigChange } from './actions/open-config-change.js';
import { restartService } from './actions/restart-service.js';
import { scaleService } from './actions/scale-service.js';
import { getDeploymentDiff } from './tools/get-deployment-diff.js';
import { getDeploymentHistory } from './tools/get-deployment-history.js';
import { getInfrastructureState } from './tools/get-infrastructure-state.js';
import { getPipelineStatus } from './tools/get-pipeline-status.js';
import { getWorkloadStatus } from './tools/get-workload-status.js';

export const deploymentsServer = defineServer({
  name: 'deployments',
  title: 'Deployments',
  instructions:
    'What was deployed and what it changed. Start with get_deployment_history; most incidents begin with a change. Changes are proposed, approved by people and, in production, applied by a separate executor.',
  purpose:
    'Answers what was deployed, when, by whom and what it changed, and proposes bounded changes of the desired state.',
  owner: 'group:default/team-delivery',
  onCall: 'group:default/team-oncall',
  trustTier: 2,
  dataSensitivity: 'confidential',
  downstreamImpact:
    'A change of the desired state replaces or resizes one service; the services that depend on it may notice.',
  recoveryChecklist: [
    'Throw the switch: devops-mcp kill server:deployments --reason ...',
    'Revoke the write credential of the deployments port at its source.',
    'Read what was applied: devops-mcp audit trace <proposal id>.',
    'Undo with plan_rollback, or by reverting the commit named in the record.',
  ],
  retirementConditions: [
    'The delivery system offers the same answers and the same limits itself.',
    'No call for two quarters.',
  ],
  reReviewTriggers: [
    'A new action',
    'A new write credential or a wider one',
    'A new backend of the deployments port',
    'A ceiling of the blast radius is raised',
  ],
  changelog: [
    {
      version: '0.1.0',
      changes: [
        'get_deployment_history, get_deployment_diff, get_infrastructure_state, get_pipeline_status, get_workload_status',
        'scale_service, restart_service, open_config_change',
      ],
    },
  ],
  requires: [deploymentsPort],
  tools: [
    getDeploymentHistory,
    getDeploymentDiff,
    getPipelineStatus,
    getWorkloadStatus,
    getInfrastructureState,
  ],
  actions: [scaleService, restartService, openConfigChange],
  resources: [],
  prompts: [],
});
