"""Graph: which nodes of a project refer to which, and which are in a cycle."""
