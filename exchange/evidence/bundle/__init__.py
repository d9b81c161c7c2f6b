"""The bundle of evidence (证据包): one ZIP in which every file has its place, and nothing else stands."""
