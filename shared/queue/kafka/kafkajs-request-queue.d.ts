/** The part of a class inside kafkajs 2.2.4 that `request-queue.ts` mends. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface PushedRequest {
    readonly entry: { readonly correlationId: number };
    readonly expectResponse: boolean;
    sendRequest(): void;
  }
  export default class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number;
      readonly requestTimeout: number;
      readonly logger: { debug(message: string): void };
    });
    readonly pending: readonly unknown[];
    push(request: PushedRequest): void;
    /** Sends what may be sent, and plans the next look. */
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
}
