export const layoutCodes = {
  KM4001: {
    title: "a limit is reached",
    explain:
      "The snapshot needs more of something than the kernel's tables are made for; the message has both numbers and the hint the remedy. Nothing is cut off: no bundle is made, and the last good one stays. All limits, with their reasons, are in compiler/layout/limits.ts.",
  },
} as const;
