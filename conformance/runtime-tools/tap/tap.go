// Package tap prints the Test Anything Protocol (https://testanything.org).
//
// The validation programs use github.com/mndrix/tap-go, which Debian does not have: these are the calls they make.
package tap

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// T is a test; Todo makes one that shares the count.
type T struct {
	count  *int
	prefix string
}

func New() *T { return &T{count: new(int), prefix: "- "} }

func (t *T) Todo() *T { return &T{count: t.count, prefix: "# TODO "} }

func (t *T) Header(planned int) {
	fmt.Println("TAP version 13")
	if planned > 0 {
		fmt.Printf("1..%d\n", planned)
	}
}

func (t *T) AutoPlan() { fmt.Printf("1..%d\n", *t.count) }

func (t *T) result(word, text string) {
	*t.count++
	fmt.Fprintf(os.Stdout, "%s %d %s\n", word, *t.count, text)
}

func (t *T) Ok(holds bool, what string) {
	if holds {
		t.Pass(what)
	} else {
		t.Fail(what)
	}
}

func (t *T) Pass(what string) { t.result("ok", t.prefix+what) }

func (t *T) Fail(what string) { t.result("not ok", t.prefix+what) }

func (t *T) Skip(many int, why string) {
	for ; many > 0; many-- {
		t.result("ok", "# SKIP "+why)
	}
}

func (t *T) Diagnostic(text string) {
	fmt.Println("# " + strings.ReplaceAll(text, "\n", "\n# "))
}

func (t *T) Diagnosticf(format string, values ...interface{}) {
	t.Diagnostic(fmt.Sprintf(format, values...))
}

// YAML prints a block of details; JSON is YAML.
func (t *T) YAML(details interface{}) error {
	text, err := json.MarshalIndent(details, "  ", "  ")
	if err == nil {
		fmt.Printf("  ---\n  %s\n  ...\n", text)
	}
	return err
}
