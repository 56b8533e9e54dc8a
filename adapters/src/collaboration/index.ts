export { openCollaboration } from './server.ts';
export type { Access, Collaboration, CollaborationOptions } from './server.ts';
