import { alertsServer } from '@devops-mcp/alerts';
import alerts from '@devops-mcp/alerts/package.json' with { type: 'json' };
import { deploymentsServer } from '@devops-mcp/deployments';
import deployments from '@devops-mcp/deployments/package.json' with { type: 'json' };
import { logsServer } from '@devops-mcp/logs';
import logs from '@devops-mcp/logs/package.json' with { type: 'json' };
import { metricsServer } from '@devops-mcp/metrics';
import metrics from '@devops-mcp/metrics/package.json' with { type: 'json' };
import { rollbackServer } from '@devops-mcp/rollback';
import rollback from '@devops-mcp/rollback/package.json' with { type: 'json' };
import type { SuiteMember } from '@devops-mcp/runtime';

/** Each with the version of its own package, which is the one that a configuration pins. */
export const servers: readonly SuiteMember[] = [
  { definition: metricsServer, manifest: metrics },
  { definition: logsServer, manifest: logs },
  { definition: deploymentsServer, manifest: deployments },
  { definition: alertsServer, manifest: alerts },
  { definition: rollbackServer, manifest: rollback },
];
