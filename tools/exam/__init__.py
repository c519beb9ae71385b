"""The outside exam: other people's tools, with thresholds that are not ours to move."""
