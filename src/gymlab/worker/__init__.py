"""The process that trains: loads the runners, serves one run over a socketpair, and exits."""
