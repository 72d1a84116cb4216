"""Campaigns against zombie bodies (僵尸型社会组织): criteria, sweeps, findings, cases."""
