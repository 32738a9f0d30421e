import { expect, test } from "vitest";
import { makeCounters } from "./metrics.ts";

const STATUS = {
  paused: false,
  waiting: 3,
  running: 1,
  done: 7,
  failed: 2,
  picturesPerHour: 12.5,
  secondsLeft: 60,
  pictures: [],
  failures: [],
};

test("a worker's events are counted, and the queue's state stands beside them, as Prometheus reads it", () => {
  const counters = makeCounters();
  for (const job of ["a", "b", "c"]) counters.see({ event: "begun", job, output: job, attempt: 1 });
  counters.see({ event: "made", job: "a", output: "a", seconds: 1.5, evaluations: 40, resumed: false });
  counters.see({ event: "failed", job: "b", output: "b", reason: "broken" });
  const lines = counters.write(STATUS).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "# TYPE impasto_worker_pictures_total counter",
      'impasto_worker_pictures_total{outcome="made"} 1',
      'impasto_worker_pictures_total{outcome="failed"} 1',
      "impasto_worker_evaluations_total 40",
      "impasto_worker_seconds_total 1.5",
      "impasto_worker_active 1",
      'impasto_queue_pictures{state="waiting"} 3',
      "impasto_queue_pictures_per_hour 12.5",
    ]),
  );
  for (const line of lines.filter(Boolean))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+({\w+="\w+"})? [\d.e+]+)$/);
});

test("a worker is well as long as Redis answers", () => {
  const counters = makeCounters();
  expect(counters.isWell()).toBe(true);
  counters.see({ event: "redis-lost", reason: "gone" });
  expect(counters.isWell()).toBe(false);
  expect(counters.write(undefined)).toContain("impasto_worker_redis_up 0\n");
  counters.see({ event: "redis-back" });
  expect(counters.isWell()).toBe(true);
});
