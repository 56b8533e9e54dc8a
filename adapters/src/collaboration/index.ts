export { isDocument } from './content.ts';
export { openCollaboration } from './server.ts';
export type { Access, Collaboration, CollaborationLimits, CollaborationOptions } from './server.ts';
