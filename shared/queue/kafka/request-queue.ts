import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { scheduleCheckPendingRequests } = RequestQueue.prototype;

/**
 * kafkajs looks at the requests that wait on a connection when its throttle ends; where there is none, it computes a time long
 * past. Node takes 1 ms for it and says so on stderr (TimeoutNegativeWarning), and since each look plans the next, every open
 * connection wakes the process a thousand times a second. Only where requests wait is there anything to look at: whatever
 * begins to wait plans a look itself. There is one queue class for the whole process: to call this again changes nothing.
 */
export function restWhereNothingWaits(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}
