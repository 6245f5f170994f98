.DEFAULT_GOAL := help
SHELL := /bin/bash

help: ## this list
	@awk -F ':.*## ' '/^[a-zA-Z][a-zA-Z0-9-]*:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- on one machine, with nothing but Node ---------------------------------------------------------

node:
	@command -v node >/dev/null || { echo 'Node 20.19 or newer is needed, and no node command was found' >&2; exit 1; }
	@node tools/check-node.cjs

node_modules/.package-lock.json: package-lock.json | node
	npm ci --no-audit --no-fund

sources = $(shell find common backend dialogue tools testing -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -name '*.ts' -print) $(wildcard tsconfig*.json */tsconfig.json)

build: tools/dist/.built ## compile everything

tools/dist/.built: node_modules/.package-lock.json $(sources)
	@npm run --silent build
	@mkdir -p tools/dist && touch $@

frontend/dist/index.html: node_modules/.package-lock.json $(shell find frontend -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print)
	@npm run --silent build -w frontend
	@touch $@

start: build frontend/dist/index.html ## run the whole system here: backend 8007, page 8008, two nodes
	@exec node tools/dist/start/main.js

dialogue: build ## start one more node here: SERVICE_ID=dialogue03 SERVICE_HOST=http://127.0.0.1 SERVICE_PORT=8011 make dialogue
	@exec node tools/dist/start/dialogue.js

migrate: build ## bring the users' database up to date (DB_HOST and the like from the environment)
	@npm run --silent migrate -w backend

test: build frontend/dist/index.html ## run every test that this machine has the servers for
	@npm run --silent test

seed: build ## fill the data of make start with USERS=1000 CHATS=200 MESSAGES=20000 to try things on
	@node tools/dist/seed/main.js

bench: build ## how fast it is straight to a node, through nginx, HAProxy and the backend, and live: into docs/performance.md
	@node testing/dist/bench/main.js
	@node testing/dist/bench/live-main.js

bench-live: build ## what SOCKETS=5000 live sockets cost and how soon messages are seen, beside Tinode and Centrifugo
	@node testing/dist/bench/live-main.js

bench-scale: build ## is it as fast with USERS=1000000 CHATS=100000 MESSAGES=10000000 as with a thousandth of it?
	@node testing/dist/bench/scale-main.js

bench-news: build ## how long a post takes to FOLLOWERS=100000, and a page for who follows FOLLOWED=5000
	@node testing/dist/bench/news.js

faults: build ## break the running system in every way while users work: FAULT=kill9 one way, RUNS=3 times each, OUT=file
	@node testing/dist/faults/main.js

faultsInContainers: build ## the same to the containers of upWithConsul: docker stop, kill, pause, and a restart of Consul
	@node testing/dist/containers/faults-main.js

soak: build ## break the running system at random for MINUTES=30 while users work, and check all they saw; SEED=n again
	@node testing/dist/soak/main.js

lint: build ## types of the tests, style, walls between the rooms, dead code
	@npm run --silent typecheck
	@npm run --silent lint

# --- in containers ---------------------------------------------------------------------------------

compose = docker compose -f docker-compose.queue.yml -f docker-compose.standalone.yml -f docker-compose.dialogue.yml

upWithConsul: ## run the whole system in containers, with Consul, MySQL, MongoDB and Kafka
	@$(compose) up --detach --build --wait
	@deployment/await-nodes.sh dialogue01 dialogue02
	@cat deployment/where.txt

downWithConsul: ## stop and remove the containers and networks; the data stays in volumes
	@$(compose) down --remove-orphans

addDialogue: ## start one more dialogue node in containers: make addDialogue ID=dialogue03
	@deployment/add-dialogue.sh '$(ID)' $(compose)

.PHONY: help node build start dialogue migrate test seed bench bench-live bench-news bench-scale faults faultsInContainers soak lint upWithConsul downWithConsul addDialogue
