import type { PublicError } from '@devops-mcp/governance';
import type {
  CallToolResult,
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  Request,
  Resource,
  ResourceTemplateType,
  Result,
  Server,
  ServerCapabilities,
  ServerContext,
  Tool,
} from '@modelcontextprotocol/server';
import type { RequestStates } from './request-state.js';

/** One request as a handler receives it. */
export interface Incoming {
  readonly server: Server;
  readonly context: ServerContext;
  /** As received and not yet validated; the road does that. */
  readonly arguments: unknown;
}

export interface McpTool {
  readonly descriptor: Tool;
  call(incoming: Incoming): Promise<CallToolResult | InputRequiredResult>;
}

export interface McpResource {
  /** A concrete address, or an RFC 6570 level 1 template. */
  readonly address: { readonly kind: 'fixed' | 'template'; readonly text: string };
  readonly descriptor: Omit<ResourceTemplateType, 'uriTemplate'>;
  list?(incoming: Incoming): Promise<readonly Resource[]>;
  read(
    incoming: Incoming,
    uri: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<ReadResourceResult | InputRequiredResult>;
  complete?(incoming: Incoming, argument: string, value: string): Promise<CompletionValues>;
}

export interface McpPrompt {
  readonly descriptor: Prompt;
  get(incoming: Incoming): Promise<GetPromptResult | InputRequiredResult>;
  complete?(incoming: Incoming, argument: string, value: string): Promise<CompletionValues>;
}

export interface CompletionValues {
  readonly values: readonly string[];
  readonly total: number;
  readonly hasMore: boolean;
}

export type RefusedKind = 'tool' | 'resource' | 'prompt';

export interface Refusal {
  /** It exists and is withheld; otherwise there is no such name. */
  readonly known: boolean;
  readonly error: PublicError;
  readonly text: string;
}

/** What a server process offers over the protocol; made once, used for every connection and request. */
export interface McpParts {
  readonly info: { readonly name: string; readonly title: string; readonly version: string };
  readonly instructions: string | undefined;
  readonly tools: readonly McpTool[];
  readonly resources: readonly McpResource[];
  readonly prompts: readonly McpPrompt[];
  /** Records a request for something that is not served. */
  refuse(incoming: Incoming, kind: RefusedKind, name: string): Promise<Refusal>;
  readonly requestStates: RequestStates;
  /** What only protocol fixtures have. */
  readonly fixtures?: {
    readonly capabilities: ServerCapabilities;
    readonly methods: Readonly<Record<string, (request: Request, incoming: Incoming) => Promise<Result>>>;
  };
}
