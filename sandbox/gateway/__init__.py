"""A gateway before an application of the portal: the broker knows its address alone."""
