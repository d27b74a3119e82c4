import { type BackendContext, defineBackend } from '@devops-mcp/contract';
import { infrastructurePort } from '@devops-mcp/domain';
import { examinePaths } from '../examine-paths.js';
import { infrastructureFrom } from './infrastructure.js';
import { type TerraformConfig, terraformConfig } from './terraform-config.js';

/** Terraform state and plan files, read as they are; nothing is run and no provider is asked. */
export const terraformBackend = defineBackend({
  name: 'terraform',
  title: 'Terraform state and plan files',
  config: terraformConfig,
  ports: [
    {
      port: infrastructurePort,
      open: async (context: BackendContext<TerraformConfig>) => infrastructureFrom(context),
      examine: examinePaths<TerraformConfig>(({ files }) => files),
    },
  ],
});
