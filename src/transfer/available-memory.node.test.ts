import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { groupLimits, machineAvailable, memoryToUse, readMemoryFacts } from "./available-memory.node.ts";

const reading =
  (files: Readonly<Record<string, string>>) =>
  (path: string): string | undefined =>
    files[path];

describe("The memory to plan with", () => {
  it("is what the machine has to give, and what the process has already", () => {
    expect(memoryToUse({ available: 8e9, groups: [], own: 0.2e9 })).toBe(8.2e9);
  });

  it("is not more than the narrowest of its groups leaves", () => {
    const groups = [
      { limit: 4e9, used: 1e9, reclaimable: 0 },
      { limit: 6e9, used: 5e9, reclaimable: 0.5e9 },
      { limit: 1e18, used: 5e9, reclaimable: 0 },
    ];
    expect(memoryToUse({ available: 8e9, groups, own: 0.5e9 })).toBe(2e9);
  });

  it("is never less than the process has", () => {
    const full = { limit: 1e9, used: 1.1e9, reclaimable: 0 };
    expect(memoryToUse({ available: 8e9, groups: [full], own: 0.5e9 })).toBe(0.5e9);
  });

  it("of this machine is some, and not all of it", () => {
    const bytes = memoryToUse(readMemoryFacts());
    expect(bytes).toBeGreaterThan(process.memoryUsage.rss() / 2);
    expect(bytes).toBeLessThan(totalmem());
  });
});

describe("What the machine can give", () => {
  it("is what Linux calls available, not what is free", () => {
    const meminfo = "MemTotal:       16000000 kB\nMemFree:          200000 kB\nMemAvailable:    9000000 kB\n";
    expect(machineAvailable(reading({ "/proc/meminfo": meminfo }))).toBe(9_000_000 * 1024);
  });

  it("is asked of Node where there is no such file", () => {
    const bytes = machineAvailable(reading({}));
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(totalmem());
  });
});

describe("The limits of control groups", () => {
  it("are read from version 2, of the own group and those around it", () => {
    const files = {
      "/proc/self/cgroup": "0::/user.slice/job\n",
      "/sys/fs/cgroup/user.slice/job/memory.max": "max\n",
      "/sys/fs/cgroup/user.slice/job/memory.current": "5\n",
      "/sys/fs/cgroup/user.slice/memory.max": "4000000000\n",
      "/sys/fs/cgroup/user.slice/memory.current": "1000000000\n",
      "/sys/fs/cgroup/user.slice/memory.stat": "anon 7\ninactive_file 300\nactive_file 9\n",
    };
    expect(groupLimits(reading(files))).toEqual([{ limit: 4e9, used: 1e9, reclaimable: 300 }]);
  });

  it("are read from version 1, where the memory's group is one among others", () => {
    const files = {
      "/proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/a\n0::/a\n",
      "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "2000000000\n",
      "/sys/fs/cgroup/memory/a/memory.usage_in_bytes": "1500000000\n",
      "/sys/fs/cgroup/memory/a/memory.stat": "inactive_file 1\ntotal_inactive_file 400\n",
    };
    expect(groupLimits(reading(files))).toEqual([{ limit: 2e9, used: 1.5e9, reclaimable: 400 }]);
  });

  it("are found where a container sees its own group as the outermost", () => {
    const files = {
      "/proc/self/cgroup": "4:memory:/docker/0123\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000000\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "100\n",
    };
    expect(groupLimits(reading(files))).toEqual([{ limit: 1e9, used: 100, reclaimable: 0 }]);
  });

  it.each([
    ["where there are no groups", {}],
    ["where none has a limit", { "/proc/self/cgroup": "0::/\n" }],
    [
      "where a file says nothing",
      {
        "/proc/self/cgroup": "0::/\n",
        "/sys/fs/cgroup/memory.max": "",
        "/sys/fs/cgroup/memory.current": "7",
      },
    ],
  ])("are none %s", (_, files) => {
    expect(groupLimits(reading(files))).toEqual([]);
  });
});
