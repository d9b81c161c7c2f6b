"""住房和城乡建设局 · Housing and Urban-Rural Development: its profile, and the rule by which it decides."""
