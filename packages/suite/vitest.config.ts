// @boundaries-ignore one test configuration serves every package
import { sharedConfig } from '../../vitest.shared.js';

export default sharedConfig;
