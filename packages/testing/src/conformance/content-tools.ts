import { setTimeout as wait } from 'node:timers/promises';
import { ToolError } from '@devops-mcp/contract';
import { onePixel, silence, text } from './content.js';
import type { FixtureTool } from './fixture.js';

const pauseMs = 50;

/** Tools of the conformance suite that answer at once: names, texts and shapes are its own. */
export const contentTools: readonly FixtureTool[] = [
  {
    name: 'test_simple_text',
    description: 'Answers with text',
    run: () => text('This is a simple text response for testing.'),
  },
  {
    name: 'test_image_content',
    description: 'Answers with an image',
    run: () => ({ content: [{ type: 'image', data: onePixel, mimeType: 'image/png' }] }),
  },
  {
    name: 'test_audio_content',
    description: 'Answers with sound',
    run: () => ({ content: [{ type: 'audio', data: silence, mimeType: 'audio/wav' }] }),
  },
  {
    name: 'test_embedded_resource',
    description: 'Answers with an embedded resource',
    run: () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  },
  {
    name: 'test_multiple_content_types',
    description: 'Answers with text, an image and a resource',
    run: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        { type: 'image', data: onePixel, mimeType: 'image/png' },
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: JSON.stringify({ test: 'data', value: 123 }),
          },
        },
      ],
    }),
  },
  {
    name: 'test_error_handling',
    description: 'Always fails',
    run: () => {
      throw new ToolError('invalid_input', 'This tool intentionally returns an error for testing');
    },
  },
  {
    name: 'test_tool_with_progress',
    description: 'Reports progress when asked to',
    async run({ context }) {
      const progressToken = context.mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined) {
          await context.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken, progress, total: 100 },
          });
        }
        if (progress < 100) await wait(pauseMs);
      }
      return text('Tool with progress completed.');
    },
  },
  {
    name: 'test_tool_with_logging',
    description: 'Sends log messages',
    async run({ context }) {
      for (const message of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await context.mcpReq.log('info', message);
        await wait(pauseMs);
      }
      return text('Tool with logging completed.');
    },
  },
  {
    name: 'test_logging_tool',
    description: 'Sends a log message to those who asked for them',
    async run({ context }) {
      await context.mcpReq.log('info', 'A log message');
      return text('Logged.');
    },
  },
];
