"""Rules over metric series: evidence in, finding out."""
