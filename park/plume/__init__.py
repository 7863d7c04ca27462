"""Where the wind carries what leaks or burns."""
