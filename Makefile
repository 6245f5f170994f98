.DEFAULT_GOAL := help
SHELL := /bin/bash

help: ## this list
	@awk -F ':.*## ' '/^[a-zA-Z][a-zA-Z0-9]*:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund

build: node_modules/.package-lock.json ## compile everything
	npm run --silent build

lint: node_modules/.package-lock.json ## style, walls between the rooms, dead code, types
	npm run --silent lint

.PHONY: help build lint
