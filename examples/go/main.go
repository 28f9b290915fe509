// SPDX-License-Identifier: Apache-2.0

// Puts three hashes on a list, and asks which of them is near a fourth.
//
//	go build -o match . && ./match FOLDER
package main

/*
#cgo pkg-config: hotline-match
#include <hotline/match.h>
#include <stdlib.h>
*/
import "C"

import (
	"encoding/hex"
	"fmt"
	"os"
	"unsafe"
)

var known = []string{
	"d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22",
	"0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
	"5555555555555555aaaaaaaaaaaaaaaa5555555555555555aaaaaaaaaaaaaaaa",
}

// The first again, with eight of its bits turned.
const asked = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9bdd"

var failure C.struct_hl_match_error

func must(code C.int) {
	if code < 0 {
		fmt.Fprintf(os.Stderr, "%s: %s\n",
			C.GoString(C.hl_match_code_name(code)), C.GoString(&failure.text[0]))
		os.Exit(1)
	}
}

func hash(text string) (out [32]C.uint8_t) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		panic("no hash: " + text)
	}
	for i, b := range raw {
		out[i] = C.uint8_t(b)
	}
	return out
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: match FOLDER")
		os.Exit(2)
	}
	folder := C.CString(os.Args[1])
	defer C.free(unsafe.Pointer(folder))
	var index *C.struct_hl_match_index
	var reader *C.struct_hl_match_reader
	options := C.struct_hl_match_index_options{flags: C.HL_MATCH_OPEN_WRITE | C.HL_MATCH_OPEN_CREATE}
	options.size_of = C.uint32_t(unsafe.Sizeof(options))
	must(C.hl_match_index_open(folder, &options, &index, &failure))
	defer C.hl_match_index_close(index)

	list := C.struct_hl_match_list{id: 1}
	list.size_of = C.uint32_t(unsafe.Sizeof(list))
	for i, c := range []byte("example") {
		list.name[i] = C.char(c)
	}
	must(C.hl_match_list_put(index, &list, &failure))
	for i, text := range known {
		entry := C.struct_hl_match_entry{list: 1, id: C.uint64_t(100 + i),
			kind: C.HL_MATCH_PDQ, hash: hash(text)}
		must(C.hl_match_index_put(index, &entry, &failure))
	}
	must(C.hl_match_index_commit(index, 0, C.HL_MATCH_DURABLE, &failure))

	must(C.hl_match_reader_new(index, &reader, &failure))
	defer C.hl_match_reader_free(reader)
	// C keeps no pointer into Go's memory beyond a call, but the answer has
	// one to its matches: those must lie where C may point to.
	found := (*[10]C.struct_hl_match_found)(C.calloc(10, C.sizeof_struct_hl_match_found))
	defer C.free(unsafe.Pointer(found))
	answer := C.struct_hl_match_answer{matches: &found[0], n_max: 10}
	query := hash(asked)
	must(C.hl_match_reader_query(reader, &query[0], nil, &answer, &failure))
	for _, match := range found[:answer.n] {
		fmt.Printf("list example, entry %d, distance %d\n", match.id, match.distance)
	}
}
